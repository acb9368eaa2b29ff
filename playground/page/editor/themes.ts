// Colours of the editors; those of the page stand in style/theme.css and are the same.
import { editor } from 'monaco-editor/editor.js';

interface Palette {
  base: 'vs' | 'vs-dark';
  back: string;
  text: string;
  muted: string;
  line: string;
  select: string;
  keyword: string;
  func: string;
  converter: string;
  path: string;
  enumeration: string;
  string: string;
  number: string;
  comment: string;
  widget: string;
  border: string;
}

const light: Palette = {
  base: 'vs', back: '#ffffff', text: '#1c2430', muted: '#6b7686', line: '#f4f6f8', select: '#cfe0fb', keyword: '#8a2a86', func: '#1b56b8',
  converter: '#0b6a70', path: '#1c2430', enumeration: '#7a4a00', string: '#2c6b2f', number: '#9a3b12', comment: '#667085', widget: '#ffffff',
  border: '#d9dee6',
};

const dark: Palette = {
  base: 'vs-dark', back: '#151a21', text: '#dce3ec', muted: '#7d8998', line: '#1a2029', select: '#2b4468', keyword: '#d79ad9', func: '#82b1ff',
  converter: '#6fcfd0', path: '#dce3ec', enumeration: '#e0b36a', string: '#93cf92', number: '#f0a07a', comment: '#8592a3', widget: '#1b212a',
  border: '#2c3541',
};

const rules = (p: Palette) => {
  const color = (hex: string) => hex.slice(1);
  return [
    { token: '', foreground: color(p.text), background: color(p.back) },
    { token: 'keyword', foreground: color(p.keyword) },
    { token: 'function', foreground: color(p.func) },
    { token: 'editor', foreground: color(p.func) },
    { token: 'converter', foreground: color(p.converter) },
    { token: 'context', foreground: color(p.muted) },
    { token: 'variable', foreground: color(p.path) },
    { token: 'path', foreground: color(p.path) },
    { token: 'local', foreground: color(p.converter), fontStyle: 'italic' },
    { token: 'parameter', foreground: color(p.muted), fontStyle: 'italic' },
    { token: 'enumMember', foreground: color(p.enumeration) },
    { token: 'enum', foreground: color(p.enumeration) },
    { token: 'string', foreground: color(p.string) },
    { token: 'string.escape', foreground: color(p.number) },
    { token: 'key', foreground: color(p.func) },
    { token: 'number', foreground: color(p.number) },
    { token: 'comment', foreground: color(p.comment), fontStyle: 'italic' },
    { token: 'operator', foreground: color(p.muted) },
    { token: 'delimiter', foreground: color(p.muted) },
  ];
};

const colors = (p: Palette): editor.IColors => ({
  'editor.background': p.back,
  'editor.foreground': p.text,
  'editor.lineHighlightBackground': p.line,
  'editor.lineHighlightBorder': '#00000000',
  'editor.selectionBackground': p.select,
  'editorLineNumber.foreground': p.muted,
  'editorLineNumber.activeForeground': p.text,
  'editorGutter.background': p.back,
  'editorWidget.background': p.widget,
  'editorWidget.border': p.border,
  'editorHoverWidget.background': p.widget,
  'editorHoverWidget.border': p.border,
  'editorSuggestWidget.background': p.widget,
  'editorSuggestWidget.border': p.border,
  'editorSuggestWidget.selectedBackground': p.select,
  'editorSuggestWidget.selectedForeground': p.text,
  'editorSuggestWidget.selectedIconForeground': p.text,
  'editorSuggestWidget.highlightForeground': p.func,
  'editorSuggestWidget.focusHighlightForeground': p.func,
  'editorBracketMatch.background': p.select,
  'editorBracketMatch.border': '#00000000',
  ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`editorBracketHighlight.foreground${n}`, p.muted])),
  'editorOverviewRuler.border': '#00000000',
  'scrollbarSlider.background': `${p.muted}40`,
  'scrollbarSlider.hoverBackground': `${p.muted}70`,
  'scrollbarSlider.activeBackground': `${p.muted}90`,
  'scrollbar.shadow': '#00000000',
  'focusBorder': p.func,
});

export function defineThemes() {
  for (const [name, palette] of [['ottl-light', light], ['ottl-dark', dark]] as const)
    editor.defineTheme(name, { base: palette.base, inherit: true, rules: rules(palette), colors: colors(palette) });
}
