/** Lets pages that were opened once open again without network (public/sw.js). Not while developing: it would serve old code. */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  addEventListener("load", () => {
    void keepOpenable().catch((cause: unknown) => console.warn("no service worker", cause));
  });
}

async function keepOpenable(): Promise<void> {
  await navigator.serviceWorker.register("/sw.js");
  const { active } = await navigator.serviceWorker.ready;
  // What a first visit loaded before the worker was there.
  const files = performance
    .getEntriesByType("resource")
    .map(({ name }) => new URL(name))
    .filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith("/assets/"));
  active?.postMessage({ keep: files.map(({ pathname }) => pathname) });
}
