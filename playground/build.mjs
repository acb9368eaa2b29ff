// Builds the page into build/playground: static files that lie in one folder and name each other relatively.
// usage: node playground/build.mjs [--out FOLDER] [--wasm FILE]
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';
import { gallery } from './gallery.mjs';
import { notices } from './notices.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: path.join(root, 'build/playground') },
    wasm: { type: 'string', default: path.join(root, 'build/wasm/bin/ottl.wasm') },
  },
});
const out = path.resolve(options.out);
const page = path.join(here, 'page');

const hashed = (name, data) => {
  const { name: stem, ext } = path.parse(name);
  return `${stem}-${createHash('sha256').update(data).digest('hex').slice(0, 10)}${ext}`;
};

async function put(name, data) {
  await mkdir(path.dirname(path.join(out, name)), { recursive: true });
  await writeFile(path.join(out, name), data);
  return name;
}

const common = {
  bundle: true,
  minify: true,
  metafile: true,
  format: 'esm',
  target: ['chrome110', 'firefox115', 'safari16.4'],
  outdir: path.join(out, 'assets'),
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.ttf': 'file', '.woff2': 'file' },
  external: ['node:*'],
  legalComments: 'none', // they stand in licenses.txt
  logLevel: 'warning',
  absWorkingDir: root,
};

const outputOf = (result, entry) => {
  const found = Object.entries(result.metafile.outputs).find(([, o]) => o.entryPoint === path.relative(root, entry));
  return { js: path.basename(found[0]), css: found[1].cssBundle && path.basename(found[1].cssBundle) };
};

// What an import of `gallery` gives.
const galleryPlugin = (data) => ({
  name: 'gallery',
  setup(b) {
    b.onResolve({ filter: /^gallery$/ }, () => ({ path: 'gallery', namespace: 'gallery' }));
    b.onLoad({ filter: /.*/, namespace: 'gallery' }, () => ({ contents: JSON.stringify(data), loader: 'json' }));
  },
});

async function workers() {
  const engine = path.join(page, 'engine/worker.ts');
  const editor = path.join(here, 'node_modules/monaco-editor/esm/vs/editor/editor.worker.js');
  const result = await build({ ...common, entryPoints: [engine, editor] });
  return { engine: outputOf(result, engine).js, editor: outputOf(result, editor).js };
}

async function main() {
  await rm(out, { recursive: true, force: true });
  const wasm = await readFile(options.wasm);
  const wasmName = await put(`assets/${hashed('ottl.wasm', wasm)}`, wasm);
  const worker = await workers();
  const entry = path.join(page, 'main.ts');
  const style = path.join(page, 'style/index.css');
  const result = await build({
    ...common,
    entryPoints: [entry, style],
    splitting: true,
    plugins: [galleryPlugin(await gallery(root))],
    define: {
      ENGINE_WORKER: JSON.stringify(`./${worker.engine}`),
      EDITOR_WORKER: JSON.stringify(`./${worker.editor}`),
      ENGINE_MODULE: JSON.stringify(`./${path.basename(wasmName)}`),
    },
  });
  const shell = outputOf(result, entry);
  const editor = outputOf(result, path.join(page, 'editor/index.ts'));
  if (shell.css) await rm(path.join(out, 'assets', shell.css)); // the editor's styles once more: they come with the editor
  await put('licenses.txt', await notices(here, root));
  await put('icon.svg', await readFile(path.join(page, 'icon.svg')));
  await put('manifest.webmanifest', await readFile(path.join(page, 'manifest.webmanifest')));
  const html = (await readFile(path.join(page, 'index.html'), 'utf8'))
    .replaceAll('{{main.js}}', `assets/${shell.js}`)
    .replaceAll('{{main.css}}', `assets/${outputOf(result, style).js}`)
    .replaceAll('{{editor.css}}', `assets/${editor.css}`)
    .replaceAll('{{engine.wasm}}', wasmName);
  await put('index.html', html);
  await serviceWorker();
  await report();
}

async function files(folder = '') {
  const entries = await readdir(path.join(out, folder), { withFileTypes: true });
  const names = await Promise.all(entries.map((e) => (e.isDirectory() ? files(path.posix.join(folder, e.name)) : [path.posix.join(folder, e.name)])));
  return names.flat().sort();
}

// The service worker knows the files by name, and what they hold by one hash.
async function serviceWorker() {
  const names = await files();
  const hash = createHash('sha256');
  for (const name of names) hash.update(name).update(await readFile(path.join(out, name)));
  const result = await build({
    ...common,
    entryPoints: [path.join(page, 'sw.ts')],
    format: 'iife',
    write: false,
    define: { FILES: JSON.stringify(['./', ...names.filter((n) => n !== 'index.html')]), VERSION: JSON.stringify(hash.digest('hex').slice(0, 16)) },
  });
  await put('sw.js', result.outputFiles[0].contents);
}

async function report() {
  let total = 0;
  for (const name of await files()) {
    const data = await readFile(path.join(out, name));
    const small = brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }).length;
    total += small;
    if ((await stat(path.join(out, name))).size > 20000)
      console.log(`${name.padEnd(44)} ${(data.length / 1024).toFixed(0).padStart(6)} KB ${(small / 1024).toFixed(0).padStart(6)} KB brotli`);
  }
  console.log(`${'all files'.padEnd(44)} ${''.padStart(9)} ${(total / 1024).toFixed(0).padStart(6)} KB brotli`);
  console.log(`built ${path.relative(process.cwd(), out) || out}`);
}

await main();
