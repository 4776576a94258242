// Keeps the SPA's own files for when there is no network: the page itself, and the code of what was opened before. Never the
// API's answers: what a page shows of them is the page's business (tickets are kept by features/tickets/offline.ts).
const CACHE = "spa-1";
// Files of old versions make room beyond this many.
const MOST_FILES = 150;
// A network that answers nothing for this long counts as none.
const PATIENCE_MS = 6_000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.add(new Request("/", { cache: "reload" })))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/api/") || url.pathname.startsWith("/sandbox/")) return;
  const later = (work) => event.waitUntil(work.catch((cause) => console.warn("not kept", url.pathname, cause)));
  if (request.mode === "navigate") event.respondWith(page(request, later));
  else if (url.pathname.startsWith("/assets/") || url.pathname === "/favicon.svg") event.respondWith(file(request, later));
});

self.addEventListener("message", (event) => {
  const paths = Array.isArray(event.data?.keep) ? event.data.keep : [];
  const later = (work) => event.waitUntil(work.catch(() => undefined));
  for (const path of paths.filter((path) => /^\/assets\/[^/]+$/.test(path))) later(file(new Request(path), later));
});

/** The newest page from the network; the kept one when there is none. `later` goes on after the answer, and may fail. */
async function page(request, later) {
  const kept = await caches.match("/", { cacheName: CACHE });
  const network = fetch(request).then((fresh) => {
    if (fresh.ok && fresh.headers.get("content-type")?.startsWith("text/html")) {
      const copy = fresh.clone();
      later(caches.open(CACHE).then((cache) => cache.put("/", copy)));
    }
    return fresh;
  });
  if (!kept) return network;
  const silence = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
  return Promise.race([network.catch(() => kept), silence]);
}

/** Files whose names hold a digest never change: the kept one will do. */
async function file(request, later) {
  const kept = await caches.match(request, { cacheName: CACHE });
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) later(keep(request, fresh.clone()));
  return fresh;
}

async function keep(request, answer) {
  const cache = await caches.open(CACHE);
  await cache.put(request, answer);
  const known = await cache.keys();
  await Promise.all(known.filter(({ url }) => url.includes("/assets/")).slice(0, -MOST_FILES).map((old) => cache.delete(old)));
}
