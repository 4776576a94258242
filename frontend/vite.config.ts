import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const entrance = process.env.ENTRANCE_URL ?? "http://localhost:3000";

export default defineConfig({
  plugins: [react()],
  server: {
    port: 5173,
    // `npm run dev` beside a running platform: everything that is not the SPA comes from its entrance.
    proxy: { "/api": { target: entrance }, "/sandbox": { target: entrance } },
  },
  build: {
    manifest: true,
    sourcemap: false,
    target: "baseline-widely-available",
    rolldownOptions: {
      output: {
        // What every page needs in one file: on bad reception one request is quicker than twenty small ones.
        codeSplitting: {
          groups: [
            { name: "vendor", test: /node_modules/, priority: 2 },
            { name: "base", test: /src[\\/](api|app|auth|lib|ui)[\\/]/, priority: 1 },
          ],
        },
      },
    },
  },
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://localhost:3000/" } },
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
    css: { modules: { classNameStrategy: "non-scoped" } },
  },
});
