// What is wrong with a text, underlined; and the corrections that the engine knows.
import { editor, languages, MarkerSeverity, MarkerTag, type Range as MonacoRange } from 'monaco-editor/editor.js';
import type { Diagnostic } from '../engine/types.js';

const SEVERITIES = { error: MarkerSeverity.Error, warning: MarkerSeverity.Warning, note: MarkerSeverity.Info };

const known = new WeakMap<editor.ITextModel, Diagnostic[]>();

const rangeOf = (d: { line: number; column_utf16: number; end_line: number; end_column_utf16: number }) => ({
  startLineNumber: d.line,
  startColumn: d.column_utf16,
  endLineNumber: d.end_line,
  endColumn: Math.max(d.end_column_utf16, d.line === d.end_line ? d.column_utf16 + 1 : 1),
});

const exact = (d: Parameters<typeof rangeOf>[0]) => ({ ...rangeOf(d), endColumn: d.end_column_utf16 });

const textOf = (d: Diagnostic) => [d.message, d.label ? `(${d.label})` : '', ...d.notes, d.help ?? ''].filter(Boolean).join('\n');

const markerOf = (model: editor.ITextModel, d: Diagnostic): editor.IMarkerData => ({
  ...rangeOf(d),
  severity: SEVERITIES[d.severity],
  code: d.code,
  source: 'ottl',
  message: textOf(d),
  tags: d.code === 'W0718' ? [MarkerTag.Unnecessary] : [],
  relatedInformation: d.labels.filter((l) => l.text).map((l) => ({ ...rangeOf(l), resource: model.uri, message: l.text! })),
});

export const titleOf = (d: Diagnostic) => {
  const [only] = d.fixes;
  if (d.fixes.length === 1 && only) return only.replacement ? `Replace with \`${only.replacement}\`` : 'Remove it';
  return d.help ? `Correct: ${d.help}` : 'Correct';
};

export const editsOf = (d: Diagnostic) => d.fixes.map((f) => ({ range: exact(f), text: f.replacement }));

export class Marks {
  static set(model: editor.ITextModel, diagnostics: Diagnostic[]) {
    known.set(model, diagnostics);
    editor.setModelMarkers(model, 'ottl', diagnostics.map((d) => markerOf(model, d)));
  }

  /** Of a payload: one place, where reading it stopped. */
  static payload(model: editor.ITextModel, message: string | null, index = 0) {
    if (message === null) return editor.setModelMarkers(model, 'payload', []);
    const start = model.getPositionAt(index);
    const word = { startLineNumber: start.lineNumber, startColumn: start.column, endLineNumber: start.lineNumber, endColumn: start.column + 1 };
    editor.setModelMarkers(model, 'payload', [{ ...word, message, severity: MarkerSeverity.Error, source: 'payload' }]);
  }

  /** Does what the engine proposes. */
  static apply(code: editor.IStandaloneCodeEditor, d: Diagnostic) {
    code.pushUndoStop();
    code.executeEdits('fix', editsOf(d));
    code.pushUndoStop();
    code.focus();
  }

  static go(code: editor.IStandaloneCodeEditor, d: { line: number; column_utf16: number }) {
    const position = { lineNumber: d.line, column: d.column_utf16 };
    code.setPosition(position);
    code.revealPositionInCenterIfOutsideViewport(position);
    code.focus();
  }
}

const touches = (d: Diagnostic, range: MonacoRange) => {
  const r = rangeOf(d);
  return r.startLineNumber <= range.endLineNumber && range.startLineNumber <= r.endLineNumber &&
    (r.startLineNumber < range.endLineNumber || r.startColumn <= range.endColumn) &&
    (range.startLineNumber < r.endLineNumber || range.startColumn <= r.endColumn);
};

export const actions: languages.CodeActionProvider = {
  provideCodeActions(model, range) {
    const found = (known.get(model) ?? []).filter((d) => d.fixes.length && touches(d, range));
    return {
      actions: found.map((d) => ({
        title: titleOf(d),
        kind: 'quickfix',
        isPreferred: true,
        diagnostics: [markerOf(model, d)],
        edit: { edits: editsOf(d).map((textEdit) => ({ resource: model.uri, textEdit, versionId: model.getVersionId() })) },
      })),
      dispose() {},
    };
  },
};
