// What Monaco asks about a text, answered by the engine.
import { editor, languages, Range, Uri, type CancellationToken } from 'monaco-editor/editor.js';
import type { EngineClient } from '../engine/client.js';
import type { ProgramSource } from '../engine/types.js';
import { actions } from './marks.js';

export interface Asks {
  client: EngineClient;
  /** The text of the model, as the page would run it. */
  source(text: string): ProgramSource;
}

const KINDS = languages.CompletionItemKind;
const ICONS: Record<string, languages.CompletionItemKind> = {
  editor: KINDS.Method,
  converter: KINDS.Function,
  path: KINDS.Field,
  enum: KINDS.EnumMember,
  keyword: KINDS.Keyword,
  key: KINDS.Property,
  parameter: KINDS.Variable,
  local: KINDS.Variable,
  context: KINDS.Module,
  lambda: KINDS.Snippet,
};
const TOKENS = ['comment', 'keyword', 'editor', 'converter', 'context', 'path', 'enum', 'local', 'parameter', 'string', 'key', 'number', 'operator'];
const SYMBOLS = { section: 2, component: 4, statement: 11, condition: 16 };

const rangeOf = (model: editor.ITextModel, r: { begin: number; end: number }) =>
  Range.fromPositions(model.getPositionAt(r.begin), model.getPositionAt(r.end));

// A snippet of Monaco: the cursor goes where the engine wants it.
const snippetOf = (insert: string, cursor: number) => {
  const escaped = (text: string) => text.replace(/[\\$}]/g, '\\$&');
  return `${escaped(insert.slice(0, cursor))}$0${escaped(insert.slice(cursor))}`;
};

// Answers that come when nobody waits for them any more are thrown away; a worker that is gone has none.
async function asked<T>(token: CancellationToken, answer: Promise<T>): Promise<T | null> {
  try {
    const value = await answer;
    return token.isCancellationRequested ? null : value;
  } catch {
    return null;
  }
}

export function provide(id: string, { client, source }: Asks) {
  const of = (model: editor.ITextModel) => source(model.getValue());

  languages.registerCompletionItemProvider(id, {
    triggerCharacters: ['.', '[', '"', '(', ',', ' '],
    async provideCompletionItems(model, position, _context, token) {
      const reply = await asked(token, client.call('complete', of(model), model.getOffsetAt(position)));
      if (!reply) return { suggestions: [] };
      const range = rangeOf(model, reply.range);
      const typed = model.getValueInRange(range);
      const suggestions = reply.items.map((item, i) => ({
        label: { label: item.label, description: item.detail.length > 40 ? '' : item.detail },
        kind: ICONS[item.kind] ?? KINDS.Text,
        insertText: snippetOf(item.insert, item.cursor),
        insertTextRules: languages.CompletionItemInsertTextRule.InsertAsSnippet,
        filterText: typed.startsWith('"') || item.insert.startsWith(typed[0] ?? '') ? item.insert : item.label,
        sortText: `${item.rank}${String(i).padStart(5, '0')}`,
        detail: item.detail,
        documentation: item.summary,
        range,
        ...(item.kind === 'editor' || item.kind === 'converter' ? { command: { id: 'editor.action.triggerParameterHints', title: '' } } : {}),
      }));
      return { suggestions };
    },
  });

  languages.registerHoverProvider(id, {
    async provideHover(model, position, token) {
      const reply = await asked(token, client.call('hover', of(model), model.getOffsetAt(position)));
      return reply && { contents: [{ value: reply.markdown }], range: rangeOf(model, reply.range) };
    },
  });

  languages.registerSignatureHelpProvider(id, {
    signatureHelpTriggerCharacters: ['(', ','],
    signatureHelpRetriggerCharacters: [')', ' '],
    async provideSignatureHelp(model, position, token) {
      const reply = await asked(token, client.call('signature', of(model), model.getOffsetAt(position)));
      if (!reply) return null;
      const parameters = reply.params.map((p) => ({ label: [p.begin, p.end] as [number, number], documentation: p.summary }));
      const signatures = [{ label: reply.label, documentation: reply.summary, parameters }];
      return { value: { signatures, activeSignature: 0, activeParameter: reply.active ?? -1 }, dispose() {} };
    },
  });

  languages.registerDefinitionProvider(id, {
    async provideDefinition(model, position, token) {
      const reply = await asked(token, client.call('definition', of(model), model.getOffsetAt(position)));
      if (!reply) return null;
      return [{ uri: model.uri as Uri, range: rangeOf(model, reply.target), targetSelectionRange: rangeOf(model, reply.selection), originSelectionRange: rangeOf(model, reply.origin) }];
    },
  });

  languages.registerDocumentSymbolProvider(id, {
    async provideDocumentSymbols(model, token) {
      const reply = await asked(token, client.call('symbols', of(model)));
      return (reply ?? []).map((s) => ({
        name: s.name, detail: s.detail, kind: SYMBOLS[s.kind], tags: [], range: rangeOf(model, s.range), selectionRange: rangeOf(model, s.selection),
      }));
    },
  });

  languages.registerFoldingRangeProvider(id, {
    async provideFoldingRanges(model, _context, token) {
      const reply = await asked(token, client.call('folds', of(model)));
      return (reply ?? []).map((f) => {
        const r = rangeOf(model, f);
        return { start: r.startLineNumber, end: r.endLineNumber, ...(f.comment ? { kind: languages.FoldingRangeKind.Comment } : {}) };
      });
    },
  });

  languages.registerDocumentFormattingEditProvider(id, {
    async provideDocumentFormattingEdits(model, _options, token) {
      const reply = await asked(token, client.call('format', of(model)));
      return reply && reply.text !== model.getValue() ? [{ range: model.getFullModelRange(), text: reply.text }] : [];
    },
  });

  languages.registerDocumentSemanticTokensProvider(id, {
    getLegend: () => ({ tokenTypes: TOKENS, tokenModifiers: ['unknown', 'declares'] }),
    async provideDocumentSemanticTokens(model, _last, token) {
      const reply = await asked(token, client.call('tokens', of(model)));
      if (!reply) return null;
      return { data: encoded(model, reply) };
    },
    releaseDocumentSemanticTokens() {},
  });

  languages.registerCodeActionProvider(id, actions, { providedCodeActionKinds: ['quickfix'] });
}

// Five numbers for each: lines and columns as distances from the one before. None goes over the end of a line.
function encoded(model: editor.ITextModel, tokens: { begin: number; end: number; kind: string; unknown?: true; declares?: true }[]): Uint32Array {
  const data: number[] = [];
  let line = 1, column = 1;
  for (const token of tokens) {
    const at = model.getPositionAt(token.begin);
    const end = model.getPositionAt(token.end);
    if (end.lineNumber !== at.lineNumber) continue;
    const modifiers = (token.unknown ? 1 : 0) | (token.declares ? 2 : 0);
    data.push(at.lineNumber - line, at.lineNumber === line ? at.column - column : at.column - 1, end.column - at.column, TOKENS.indexOf(token.kind), modifiers);
    line = at.lineNumber;
    column = at.column;
  }
  return new Uint32Array(data);
}
