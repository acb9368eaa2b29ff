// licenses.txt of the page: of the packages that are in it, and of the libraries in the module.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const packages = [
  ['monaco-editor', ['LICENSE', 'ThirdPartyNotices.txt']],
  ['@fontsource-variable/inter', ['LICENSE']],
  ['@fontsource-variable/jetbrains-mono', ['LICENSE']],
];

export async function notices(here) {
  const parts = ['The playground of OTTL contains the following, under their own terms.\n'];
  for (const [name, files] of packages) {
    const folder = path.join(here, 'node_modules', name);
    const { version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    parts.push(`${'='.repeat(80)}\n${name} ${version}\n${'='.repeat(80)}\n`);
    for (const file of files) parts.push(await readFile(path.join(folder, file), 'utf8'));
  }
  return parts.join('\n');
}
