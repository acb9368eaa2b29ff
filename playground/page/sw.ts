// The page works without a network: all its files are kept. They change together: a new version waits until no page of the old one is open,
// so that none finds its files gone.
declare const FILES: string[];
declare const VERSION: string;

const scope = self as unknown as {
  registration: { scope: string };
  clients: { claim(): Promise<void> };
  addEventListener(type: string, listener: (event: any) => void): void;
};
const PREFIX = 'ottl-playground-';
const NAME = PREFIX + VERSION;

scope.addEventListener('install', (event) => {
  const requests = FILES.map((file) => new Request(file, { cache: 'reload' }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(requests)));
});

scope.addEventListener('activate', (event) => {
  const old = (names: string[]) => names.filter((name) => name.startsWith(PREFIX) && name !== NAME);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))).then(() => scope.clients.claim()));
});

// The page itself under any of its names, other files as they are called; what is not kept comes from the network.
async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  const page = request.mode === 'navigate' ? await cache.match('./') : undefined;
  return page ?? (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method === 'GET' && request.url.startsWith(scope.registration.scope)) event.respondWith(answer(request));
});
