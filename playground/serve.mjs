// Serves a folder of static files on loopback.
// usage: node playground/serve.mjs [--port N] [FOLDER]
import { createServer } from 'node:http';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml', '.ttf': 'font/ttf', '.woff2': 'font/woff2', '.txt': 'text/plain; charset=utf-8', '.webmanifest': 'application/manifest+json',
};

// The file that a request names, inside the folder; null: there is none.
async function find(folder, url) {
  let name;
  try {
    name = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return null;
  }
  const file = path.join(folder, name.endsWith('/') ? `${name}index.html` : name);
  if (name.includes('\0') || !file.startsWith(folder + path.sep)) return null;
  const found = await stat(file).catch(() => null);
  return found?.isFile() ? { file, size: found.size } : null;
}

export function serve(folder, port = 0) {
  const root = path.resolve(folder);
  const server = createServer(async (request, response) => {
    const found = request.method === 'GET' || request.method === 'HEAD' ? await find(root, request.url) : null;
    if (!found) return response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
    const headers = { 'content-type': TYPES[path.extname(found.file)] ?? 'application/octet-stream', 'content-length': found.size, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' };
    response.writeHead(200, headers);
    if (request.method === 'HEAD') return response.end();
    createReadStream(found.file).pipe(response);
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => resolve({ server, url: `http://127.0.0.1:${server.address().port}/` }));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({ options: { port: { type: 'string', default: '8080' } }, allowPositionals: true });
  const { url } = await serve(positionals[0] ?? 'build/playground', Number(values.port));
  console.log(`playground: ${url}   (Ctrl+C ends it)`);
}
