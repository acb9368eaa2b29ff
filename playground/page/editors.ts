// The two editors of the page, and plain text in their places until Monaco is there.
import type { CodeEditor, Spotlight } from './editor/index.js';
import type { Diagnostic, PayloadInfo, ProgramSource, Step } from './engine/types.js';
import type { EngineClient } from './engine/client.js';
import { $ } from './ui/dom.js';

type Monaco = typeof import('./editor/index.js');

const STANDIN = 5000; // characters: what can be seen, and laying out more takes time

export interface EditorEvents {
  program(text: string): void;
  payload(text: string): void;
  source(text: string): ProgramSource;
}

export class Editors {
  #monaco: Monaco | undefined;
  #program: CodeEditor | undefined;
  #payload: CodeEditor | undefined;
  #json: CodeEditor | undefined;
  #spotlight: Spotlight | undefined;
  #quiet = false; // the page writes, not the user
  #dark = false;
  #tabMoves = false;
  #diagnostics: Diagnostic[] = [];
  #texts = { program: '', payload: '', json: '' };
  #mode: 'ottl' | 'yaml' = 'ottl';

  async load(client: EngineClient, events: EditorEvents) {
    const css = document.documentElement.dataset.editorCss!;
    const [monaco] = await Promise.all([import('./editor/index.js'), styles(css), document.fonts.load("13px 'JetBrains Mono Variable'")]);
    monaco.setUp({ client, source: events.source });
    this.#monaco = monaco;
    monaco.setTheme(this.#dark);
    this.#program = this.#create('program', this.#mode === 'yaml' ? 'ottl-yaml' : 'ottl', 'Statements', events.program);
    this.#payload = this.#create('payload', 'otlp', 'Payload as OTLP/JSON', events.payload);
    this.#spotlight = new monaco.Spotlight(this.#program);
    this.diagnostics(this.#diagnostics);
    document.body.classList.add('ready');
  }

  #create(name: 'program' | 'payload', language: 'ottl' | 'ottl-yaml' | 'otlp', label: string, changed: (text: string) => void): CodeEditor {
    const host = $(`${name}-editor`);
    host.replaceChildren();
    const code = this.#monaco!.createEditor(host, { language, label, text: this.#texts[name] });
    code.onDidChangeModelContent(() => {
      this.#texts[name] = code.getValue();
      if (!this.#quiet) changed(this.#texts[name]);
    });
    return code;
  }

  #set(name: 'program' | 'payload', code: CodeEditor | undefined, text: string) {
    this.#texts[name] = text;
    if (!code) {
      $(`${name}-standin`).textContent = text.slice(0, STANDIN);
      return;
    }
    this.#quiet = true;
    this.#monaco!.setText(code, text);
    this.#quiet = false;
  }

  program(text: string, mode: 'ottl' | 'yaml') {
    this.#mode = mode;
    if (this.#program) this.#monaco!.setLanguage(this.#program, mode === 'yaml' ? 'ottl-yaml' : 'ottl');
    this.#set('program', this.#program, text);
  }

  payload(text: string, readOnly: boolean) {
    this.#set('payload', this.#payload, text);
    this.#payload?.updateOptions({ readOnly, readOnlyMessage: { value: 'The file is too large to be edited here; this is its beginning.' } });
  }

  json(text: string, host: HTMLElement) {
    this.#texts.json = text;
    if (!this.#monaco) {
      host.textContent = text;
      return;
    }
    if (!this.#json) host.replaceChildren();
    this.#json ??= this.#monaco.createEditor(host, { language: 'otlp', label: 'What comes out, as OTLP/JSON', text, readOnly: true });
    this.#monaco.setText(this.#json, text);
  }

  dark(dark: boolean) {
    this.#dark = dark;
    this.#monaco?.setTheme(dark);
  }

  diagnostics(diagnostics: Diagnostic[]) {
    this.#diagnostics = diagnostics;
    if (this.#program) this.#monaco!.Marks.set(this.#program.getModel()!, diagnostics);
  }

  payloadFailure(info: PayloadInfo) {
    if (!this.#payload) return;
    const { failure } = info;
    // The engine counts bytes.
    const index = failure?.offset === undefined ? 0 : new TextDecoder().decode(new TextEncoder().encode(this.#texts.payload).slice(0, failure.offset)).length;
    this.#monaco!.Marks.payload(this.#payload.getModel()!, failure?.message ?? null, index);
  }

  go(d: { line: number; column_utf16: number }) {
    if (this.#program) this.#monaco!.Marks.go(this.#program, d);
  }

  fix(d: Diagnostic) {
    if (this.#program) this.#monaco!.Marks.apply(this.#program, d);
  }

  format(name: 'program' | 'payload') {
    const code = name === 'program' ? this.#program : this.#payload;
    void code?.getAction('editor.action.formatDocument')?.run();
  }

  spotlight(step: Step | null, reveal: boolean) {
    if (step) this.#spotlight?.show(step.line, step.end_line, reveal);
    else this.#spotlight?.hide();
  }

  /** Whether Tab leaves the editors; gives what it is now. */
  toggleTab(): boolean {
    this.#tabMoves = !this.#tabMoves;
    for (const code of [this.#program, this.#payload, this.#json]) code?.updateOptions({ tabFocusMode: this.#tabMoves });
    return this.#tabMoves;
  }
}

const styles = (href: string) =>
  new Promise<void>((resolve) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = href;
    link.onload = link.onerror = () => resolve();
    document.head.append(link);
  });
