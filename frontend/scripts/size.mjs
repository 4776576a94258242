// Fails when the JavaScript that a first visit loads is bigger than agreed (compressed, as the entrance serves it).
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 130;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

/** The chunks that a page needs: what it imports, and what that imports. */
function needed(names) {
  const files = new Set();
  const walk = (name) => {
    const chunk = manifest[name];
    if (!chunk || files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const next of chunk.imports ?? []) walk(next);
  };
  names.forEach(walk);
  return [...files].filter((file) => file.endsWith(".js"));
}

const entry = Object.keys(manifest).find((name) => manifest[name].isEntry);
const routes = ["src/features/search/home-page.tsx", "src/features/event/event-page.tsx"];
let failed = false;
for (const route of [undefined, ...routes]) {
  if (route && !manifest[route]) continue;
  const files = needed(route ? [entry, route] : [entry]);
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist)), { level: 6 }).length, 0);
  const kb = bytes / 1000;
  console.log(`${kb.toFixed(1).padStart(6)} kB  ${route ?? "entry"} (${files.length} files)`);
  if (kb > LIMIT_KB) failed = true;
}
if (failed) {
  console.error(`first load is over ${LIMIT_KB} kB`);
  process.exit(1);
}
