// The TextMate grammars of bindings/vscode in the tokenizer that VS Code has: words of a text and the scopes they get.
// usage: node tests/lsp/client/grammar.mjs
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
let textmate, oniguruma;
try {
  textmate = require('vscode-textmate');
  oniguruma = require('vscode-oniguruma');
} catch {
  console.log('skipped: the tokenizer is not installed; scripts/setup does it, where there is npm');
  process.exit(77);
}
await oniguruma.loadWASM(fs.readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer);

const syntaxes = new URL('../../../bindings/vscode/syntaxes/', import.meta.url);
// As much of a grammar of YAML as the injection is injected into.
const yaml = {
  scopeName: 'source.yaml',
  patterns: [
    { match: '#.*$', name: 'comment.line.number-sign.yaml' },
    { match: '"[^"]*"', name: 'string.quoted.double.yaml' },
    { match: '[^\\s:]+(?=:)', name: 'entity.name.tag.yaml' },
    { match: '[^-\\s].*$', name: 'string.unquoted.yaml' },
  ],
};
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async (scope) => {
    if (scope === 'source.yaml') return textmate.parseRawGrammar(JSON.stringify(yaml), 'yaml.json');
    const name = { 'source.ottl': 'ottl.tmLanguage.json', 'ottl.injection': 'ottl-yaml.tmLanguage.json' }[scope];
    return name ? textmate.parseRawGrammar(fs.readFileSync(new URL(name, syntaxes), 'utf8'), name) : null;
  },
  getInjections: (scope) => (scope === 'source.yaml' ? ['ottl.injection'] : []),
});

// [word, innermost scope that begins with...]: the words in order, each searched for behind the one before.
async function expect(scope, text, words) {
  const grammar = await registry.loadGrammar(scope);
  const tokens = [];
  let stack = textmate.INITIAL;
  for (const line of text.split('\n')) {
    const result = grammar.tokenizeLine(line, stack);
    stack = result.ruleStack;
    for (const t of result.tokens) tokens.push([line.slice(t.startIndex, t.endIndex), t.scopes]);
  }
  let at = 0;
  for (const [word, wanted] of words) {
    const found = tokens.findIndex(([token], i) => i >= at && token.trim() === word);
    assert.ok(found >= 0, `${word} is no token of\n${tokens.map(([token, scopes]) => `${token}  ${scopes.join(' ')}`).join('\n')}`);
    assert.ok(wanted ? tokens[found][1].at(-1).startsWith(wanted) : tokens[found][1].length === 1, `${word}: ${tokens[found][1].join(' ')}`);
    at = found + 1;
  }
}

await expect('source.ottl', `# a comment
context: log
context: lgo
set(log.attributes["a \\" b"], Concat([body, 0x1f, 1.5e3], delimiter="-")) where not IsMatch(body, "x") and log.severity_number >= SEVERITY_NUMBER_WARN
  or nil == true
replace_all_patterns(attributes, "key", "a", "b", function=SHA256)
no_such(NoSuch(1), where.or)
set(cache["n"], Filter(log.cache["l"], (k, v) => v > 1))`, [
  ['# a comment', 'comment.line'],
  ['context', 'keyword.control.context'], ['log', 'entity.name.namespace'],
  ['context', 'keyword.control.context'], ['lgo', 'invalid.illegal'],
  ['set', 'support.function.editor'], ['log', 'entity.name.namespace'], ['attributes', 'variable.other.property'],
  ['a', 'string.quoted'], ['\\"', 'constant.character.escape'], ['Concat', 'support.function.converter'],
  ['body', 'variable.other.property'], ['0x1f', 'constant.numeric.hex'], ['1.5e3', 'constant.numeric'], ['delimiter', 'variable.parameter'],
  ['=', 'keyword.operator'], ['where', 'keyword.control'], ['not', 'keyword'], ['IsMatch', 'support.function.converter'],
  ['and', 'keyword.control'], ['severity_number', 'variable.other.property'], ['>=', 'keyword.operator'],
  ['SEVERITY_NUMBER_WARN', 'variable.other.enummember'], ['or', 'keyword.control'], ['nil', 'constant.language'],
  ['==', 'keyword.operator'], ['true', 'constant.language'], ['function', 'variable.parameter'], ['SHA256', 'support.function.converter'],
  ['no_such', 'entity.name.function'], ['NoSuch', 'entity.name.function'], ['where', 'variable.other.property'],
  ['=>', 'keyword.operator'],
]);

await expect('source.yaml', `processors:
  transform:
    log_statements:
      - set(log.body, "a") where true # why
      - 'set(log.body, "b")'
      - "set(log.body, \\"c\\")"
      - |
        set(log.body,
          1)
          where log.flags == 1
  batch:
    note: set nothing
# set(log.body, 1)`, [
  ['log_statements', 'entity.name.tag.yaml'], ['set', 'support.function.editor'], ['log', 'entity.name.namespace'], ['where', 'keyword.control'],
  ['true', 'constant.language'], ['# why', 'comment.line'], ['set', 'support.function.editor'], ['b', 'string.quoted.double.ottl'],
  ['set', 'support.function.editor'], ['c', 'string.quoted.double.ottl'], ['set', 'support.function.editor'],
  ['where', 'keyword.control'], ['==', 'keyword.operator'], ['batch', 'entity.name.tag.yaml'], [': set nothing', 'string.unquoted.yaml'],
  ['# set(log.body, 1)', 'comment.line'],
]);
console.log('grammars tokenize');
