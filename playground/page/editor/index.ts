// The editors: loaded behind the page, so that the first result does not wait for them.
import { editor, languages, Range, Uri } from 'monaco-editor/editor.js';
import './features.js';
import '../style/editor.css';
import { layOut } from './layout.js';
import { brackets, json, ottl, yaml } from './grammars.js';
import { defineThemes } from './themes.js';
import { type Asks, provide } from './language.js';

declare const EDITOR_WORKER: string;

(self as any).MonacoEnvironment = {
  getWorker: () => new Worker(new URL(EDITOR_WORKER, import.meta.url), { type: 'module' }),
};

export { Marks } from './marks.js';
export type CodeEditor = editor.IStandaloneCodeEditor;

let begun = false;

/** Languages and themes, once. asks: who answers questions about a text. */
export function setUp(asks: Asks) {
  if (begun) return;
  begun = true;
  for (const [id, grammar, configuration] of [['ottl', ottl, brackets], ['ottl-yaml', yaml, brackets], ['otlp', json, brackets]] as const) {
    languages.register({ id });
    languages.setMonarchTokensProvider(id, grammar);
    languages.setLanguageConfiguration(id, configuration);
  }
  defineThemes();
  for (const id of ['ottl', 'ottl-yaml']) provide(id, asks);
  languages.registerDocumentFormattingEditProvider('otlp', {
    provideDocumentFormattingEdits: (model) => [{ range: model.getFullModelRange(), text: layOut(model.getValue()) }],
  });
}

export function setTheme(dark: boolean) {
  editor.setTheme(dark ? 'ottl-dark' : 'ottl-light');
}

export interface EditorOptions {
  language: 'ottl' | 'ottl-yaml' | 'otlp';
  label: string;
  text: string;
  readOnly?: boolean;
  placeholder?: string;
}

export function createEditor(host: HTMLElement, { language, label, text, readOnly = false, placeholder }: EditorOptions): CodeEditor {
  return editor.create(host, {
    model: editor.createModel(text, language, Uri.parse(`inmemory://page/${host.id}`)),
    ariaLabel: label,
    readOnly,
    domReadOnly: readOnly,
    ...(placeholder ? { placeholder } : {}),
    automaticLayout: true,
    fontFamily: "'JetBrains Mono Variable', ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
    fontSize: 13,
    lineHeight: 20,
    fontLigatures: false,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    'semanticHighlighting.enabled': true,
    quickSuggestions: { strings: true, other: true, comments: false },
    wordBasedSuggestions: 'off',
    suggest: { showIcons: true, preview: false, showStatusBar: false },
    fixedOverflowWidgets: true,
    glyphMargin: false,
    folding: language !== 'ottl',
    lineNumbersMinChars: 3,
    lineDecorationsWidth: 8,
    padding: { top: 8, bottom: 8 },
    overviewRulerLanes: 0,
    hideCursorInOverviewRuler: true,
    renderLineHighlight: readOnly ? 'none' : 'line',
    renderLineHighlightOnlyWhenFocus: true,
    scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false, alwaysConsumeMouseWheel: false },
    tabSize: 2,
    stickyScroll: { enabled: false },
    links: false,
    guides: { indentation: language !== 'ottl', bracketPairs: false },
    wordWrap: 'off',
    ...(language === 'ottl' ? { wordWrap: 'on', wrappingIndent: 'deepIndent' } : {}),
  });
}

/** Another text, as one edit that can be undone. */
export function setText(code: CodeEditor, text: string) {
  const model = code.getModel()!;
  if (model.getValue() === text) return;
  if (code.getRawOptions().readOnly) {
    model.setValue(text);
    return;
  }
  code.pushUndoStop();
  code.executeEdits('page', [{ range: model.getFullModelRange(), text }]);
  code.pushUndoStop();
  code.setPosition({ lineNumber: 1, column: 1 });
  code.setScrollTop(0);
}

export function setLanguage(code: CodeEditor, language: EditorOptions['language']) {
  editor.setModelLanguage(code.getModel()!, language);
}

/** Shows which statement is looked at. */
export class Spotlight {
  readonly #marks: editor.IEditorDecorationsCollection;
  readonly #code: CodeEditor;

  constructor(code: CodeEditor) {
    this.#code = code;
    this.#marks = code.createDecorationsCollection();
  }

  show(line: number, endLine: number, reveal: boolean) {
    const lines = this.#code.getModel()!.getLineCount();
    if (line < 1 || endLine > lines) return this.hide();
    this.#marks.set([{ range: new Range(line, 1, endLine, 1), options: { isWholeLine: true, className: 'spotlight', linesDecorationsClassName: 'spotlight-edge' } }]);
    if (reveal) this.#code.revealLinesInCenterIfOutsideViewport(line, endLine);
  }

  hide() {
    this.#marks.clear();
  }
}
