// A session with a client that others wrote: vscode-jsonrpc frames, correlates and cancels, vscode-languageserver-protocol names the
// messages. It types a statement letter by letter as an editor does, and takes corrections and formatting as an editor does.
// usage: node tests/lsp/client/client.mjs OTTL
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

let rpc, lsp;
try {
  rpc = await import('vscode-jsonrpc/node');
  lsp = await import('vscode-languageserver-protocol');
} catch {
  console.log('skipped: the client is not installed; scripts/setup does it, where there is npm');
  process.exit(77);
}
const { createMessageConnection, StreamMessageReader, StreamMessageWriter, CancellationTokenSource } = rpc.default ?? rpc;
const P = lsp.default ?? lsp;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ottl-client-'));
const server = spawn(path.resolve(process.argv[2]), ['lsp', '--stdio'], { cwd: folder });
let said = '';
server.stderr.on('data', (data) => (said += data));
const exited = new Promise((resolve) => server.on('exit', (code) => resolve(code)));
const connection = createMessageConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
connection.onError(([error]) => assert.fail(error));

const told = new Map(); // diagnostics by URI
const waiting = [];
connection.onNotification(P.PublishDiagnosticsNotification.type, (params) => {
  told.set(params.uri, params);
  for (const check of waiting.splice(0)) check();
});
const diagnostics = (uri, version) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no diagnostics of ${uri}`)), 30000);
    const check = () => {
      const params = told.get(uri);
      if (params && params.version === version) {
        clearTimeout(timer);
        resolve(params.diagnostics);
      } else waiting.push(check);
    };
    check();
  });
connection.listen();

const { capabilities } = await connection.sendRequest(P.InitializeRequest.type, {
  processId: process.pid,
  rootUri: pathToFileURL(folder).href,
  workspaceFolders: null,
  capabilities: {
    general: { positionEncodings: ['utf-16'] },
    textDocument: {
      completion: { completionItem: { snippetSupport: true } },
      hover: { contentFormat: ['markdown', 'plaintext'] },
      codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix'] } } },
      documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    },
  },
  initializationOptions: { experimental: true },
});
assert.equal(capabilities.positionEncoding, 'utf-16');
assert.equal(capabilities.textDocumentSync.change, P.TextDocumentSyncKind.Incremental);
await connection.sendNotification(P.InitializedNotification.type, {});

// A document as an editor keeps it; positions count UTF-16 units, as JavaScript's strings do.
class Document {
  constructor(name, languageId, text) {
    this.uri = pathToFileURL(path.join(folder, name)).href;
    this.text = text;
    this.version = 1;
    connection.sendNotification(P.DidOpenTextDocumentNotification.type, {
      textDocument: { uri: this.uri, languageId, version: 1, text },
    });
  }
  get id() {
    return { uri: this.uri };
  }
  position(offset) {
    const lines = this.text.slice(0, offset).split('\n');
    return { line: lines.length - 1, character: lines.at(-1).length };
  }
  offset({ line, character }) {
    const lines = this.text.split('\n');
    return lines.slice(0, line).reduce((sum, l) => sum + l.length + 1, 0) + character;
  }
  at(words) {
    const offset = this.text.indexOf(words);
    assert.ok(offset >= 0, words);
    return this.position(offset);
  }
  change(begin, end, text) {
    const range = { start: this.position(begin), end: this.position(end) };
    this.text = this.text.slice(0, begin) + text + this.text.slice(end);
    connection.sendNotification(P.DidChangeTextDocumentNotification.type, {
      textDocument: { uri: this.uri, version: ++this.version },
      contentChanges: [{ range, text }],
    });
  }
  apply(edits) {
    const places = edits.map((e) => [this.offset(e.range.start), this.offset(e.range.end), e.newText]);
    for (const [begin, end, text] of places.sort((a, b) => b[0] - a[0])) this.change(begin, end, text);
  }
  ask(type, position, more) {
    return connection.sendRequest(type, { textDocument: this.id, position, ...more });
  }
  diagnostics() {
    return diagnostics(this.uri, this.version);
  }
}

// ---- typing a statement ----
const typed = new Document('typed.ottl', 'ottl', '# 😀 emoji are two units\n');
const statement = 'set(log.attributes["naïve"], Concat([resource.attributes["a"], "😀"], "-")) where log.severity_number == SEVERITY_NUMBER_ERROR';
for (const letter of statement) {
  typed.change(typed.text.length, typed.text.length, letter);
  const end = typed.position(typed.text.length);
  const list = await typed.ask(P.CompletionRequest.type, end);
  for (const item of list.items) assert.ok(item.label && item.textEdit.range.end.character === end.character, item.label);
  if (typed.text.endsWith('log.sev')) assert.ok(list.items.some((i) => i.label === 'severity_number'));
  if (typed.text.endsWith('== ')) assert.equal(list.items[0].label, 'SEVERITY_NUMBER_DEBUG');
  const help = await typed.ask(P.SignatureHelpRequest.type, end);
  if (typed.text.endsWith('Concat([')) assert.equal(help.activeParameter, 0);
  if (typed.text.endsWith('"😀"], ')) assert.equal(help.activeParameter, 1);
  await typed.ask(P.HoverRequest.type, end);
}
assert.deepEqual(await typed.diagnostics(), []);

// ---- a completion is taken ----
typed.change(typed.text.length, typed.text.length, '\ndelete_k');
let items = (await typed.ask(P.CompletionRequest.type, typed.position(typed.text.length))).items;
const chosen = items.find((i) => i.label === 'delete_key');
assert.equal(chosen.insertTextFormat, P.InsertTextFormat.Snippet);
assert.equal(chosen.textEdit.newText, 'delete_key($0)');
const resolved = await connection.sendRequest(P.CompletionResolveRequest.type, chosen);
assert.match(resolved.documentation.value, /delete_key\(target: map path, key: string\)/);
typed.apply([{ ...chosen.textEdit, newText: 'delete_key(log.attributes, "b")\n' }]);
assert.deepEqual(await typed.diagnostics(), []);

// ---- a correction is taken ----
const wrong = new Document('wrong.ottl', 'ottl', 'set(log.bodi, "é") where log.severity_text = "x"\n');
while ((await wrong.diagnostics()).some((d) => d.severity === P.DiagnosticSeverity.Error)) {
  const [first] = await wrong.diagnostics();
  const actions = await wrong.ask(P.CodeActionRequest.type, undefined, { range: first.range, context: { diagnostics: [first] } });
  const best = actions.find((a) => a.isPreferred);
  assert.ok(best, first.message);
  assert.equal(best.kind, P.CodeActionKind.QuickFix);
  wrong.apply(best.edit.changes[wrong.uri]);
  assert.ok(wrong.version < 5);
}
assert.equal(wrong.text, 'set(log.body, "é") where log.severity_text == "x"\n');

// ---- formatting ----
const messy = new Document('messy.ottl', 'ottl', 'set( log.body,1 )\n# 😀\nset(log.flags,1)   where true\n');
messy.apply(await messy.ask(P.DocumentRangeFormattingRequest.type, undefined, {
  range: { start: { line: 2, character: 0 }, end: { line: 2, character: 5 } },
  options: { tabSize: 2, insertSpaces: true },
}));
assert.equal(messy.text, 'set( log.body,1 )\n# 😀\nset(log.flags, 1) where true\n');
messy.apply(await messy.ask(P.DocumentFormattingRequest.type, undefined, { options: { tabSize: 2, insertSpaces: true } }));
assert.equal(messy.text, 'set(log.body, 1)\n# 😀\nset(log.flags, 1) where true\n');

// ---- tokens: each is what it says, in units of JavaScript ----
const legend = capabilities.semanticTokensProvider.legend;
const { data } = await typed.ask(P.SemanticTokensRequest.type);
const seen = new Map();
for (let i = 0, line = 0, column = 0; i < data.length; i += 5) {
  column = data[i] ? data[i + 1] : column + data[i + 1];
  line += data[i];
  const begin = typed.offset({ line, character: column });
  seen.set(typed.text.slice(begin, begin + data[i + 2]), legend.tokenTypes[data[i + 3]]);
}
for (const [text, type] of [['set', 'function'], ['Concat', 'method'], ['log', 'namespace'], ['attributes', 'property'], ['"naïve"', 'string'],
                            ['"😀"', 'string'], ['where', 'keyword'], ['==', 'operator'], ['SEVERITY_NUMBER_ERROR', 'enumMember'],
                            ['# 😀 emoji are two units', 'comment']]) assert.equal(seen.get(text), type, text);

// ---- a collector's file ----
const yaml = new Document('collector.yaml', 'yaml', fs.readFileSync(process.argv[3], 'utf8'));
assert.deepEqual((await yaml.diagnostics()).filter((d) => d.severity === P.DiagnosticSeverity.Error), []);
const symbols = await yaml.ask(P.DocumentSymbolRequest.type);
assert.ok(symbols.length > 0 && symbols.every((s) => s.children.length > 0));
const pipeline = yaml.text.lastIndexOf(symbols[0].name);
const definition = await yaml.ask(P.DefinitionRequest.type, yaml.position(pipeline + 1));
assert.deepEqual(definition.range, symbols[0].selectionRange);
const folds = await typed.ask(P.FoldingRangeRequest.type);
assert.ok(Array.isArray(folds));

// ---- errors, and the end ----
await assert.rejects(connection.sendRequest('workspace/nonsense', {}), { code: rpc.ErrorCodes?.MethodNotFound ?? -32601 });
const cancelled = new CancellationTokenSource();
const answer = connection.sendRequest(P.HoverRequest.type, { textDocument: yaml.id, position: { line: 0, character: 0 } }, cancelled.token);
cancelled.cancel();
await answer.catch((error) => assert.equal(error.code, -32800)); // answered before, or cancelled
await connection.sendNotification(P.DidCloseTextDocumentNotification.type, { textDocument: yaml.id });
await connection.sendRequest(P.ShutdownRequest.type);
await connection.sendNotification(P.ExitNotification.type);
assert.equal(await exited, 0);
assert.equal(said, '');
connection.dispose();
fs.rmSync(folder, { recursive: true });
console.log(`${statement.length} letters typed, ${seen.size} tokens`);
