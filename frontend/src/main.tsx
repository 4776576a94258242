import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";
import { createQueryClient } from "./api/query";
import { Providers } from "./app/providers";
import { createRouter } from "./app/router";
import { registerServiceWorker } from "./app/service-worker";
import { startSession } from "./auth/session";
import "./ui/base.css";

startSession();
registerServiceWorker();

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
const client = createQueryClient();
createRoot(root).render(
  <StrictMode>
    <Providers client={client}>
      <RouterProvider router={createRouter(client)} />
    </Providers>
  </StrictMode>,
);
