// Colours before the engine has answered: strings, numbers, comments, and names by their shape. Semantic tokens say more.
import type { languages } from 'monaco-editor/editor.js';

const strings: languages.IMonarchLanguageRule[] = [
  [/"/, 'string', '@string'],
];

const stringState: languages.IMonarchLanguageRule[] = [
  [/[^\\"]+/, 'string'],
  [/\\./, 'string.escape'],
  [/"/, 'string', '@pop'],
];

export const ottl: languages.IMonarchLanguage = {
  keywords: ['where', 'and', 'or', 'not', 'true', 'false', 'nil'],
  headers: ['context', 'condition', 'error_mode', 'on_failure'],
  tokenizer: {
    root: [
      [/#.*$/, 'comment'],
      [/^(\w+)(:)/, [{ cases: { '@headers': 'keyword', '@default': 'variable' } }, 'delimiter']],
      [/\b0x[0-9a-fA-F]+\b/, 'number'],
      [/\b\d+(\.\d+)?([eE][-+]?\d+)?\b/, 'number'],
      [/[A-Z][A-Z0-9]*_[A-Z0-9_]+/, 'enumMember'],
      [/[a-z][\w]*(?=\s*\()/, 'function'],
      [/[A-Z]\w*(?=\s*[(,)])/, 'converter'],
      [/[a-z_]\w*/, { cases: { '@keywords': 'keyword', '@default': 'variable' } }],
      ...strings,
      [/[-+*/=<>!.,]+/, 'operator'],
    ],
    string: stringState,
  },
};

export const json: languages.IMonarchLanguage = {
  tokenizer: {
    root: [
      [/"(?:[^"\\]|\\.)*"(?=\s*:)/, 'key'],
      [/-?\d+(\.\d+)?([eE][-+]?\d+)?/, 'number'],
      [/\b(true|false|null)\b/, 'keyword'],
      ...strings,
    ],
    string: stringState,
  },
};

export const yaml: languages.IMonarchLanguage = {
  tokenizer: {
    root: [
      [/#.*$/, 'comment'],
      [/^(\s*)((?:- )?)([\w./-]+)(:)(?=\s|$)/, ['', 'operator', 'key', 'delimiter']], // a group has to match something
      [/([\w./-]+)(:)(?=\s|$)/, ['key', 'delimiter']],
      [/- (?=\S)/, 'operator'],
      [/[|>][-+]?\s*$/, 'operator'],
      [/\$\{[^}]*\}/, 'variable'],
      [/'(?:[^']|'')*'/, 'string'],
      [/\b(true|false|null)\b/, 'keyword'],
      ...strings,
    ],
    string: stringState,
  },
};

export const brackets: languages.LanguageConfiguration = {
  comments: { lineComment: '#' },
  brackets: [['(', ')'], ['[', ']'], ['{', '}']],
  autoClosingPairs: [
    { open: '(', close: ')' },
    { open: '[', close: ']' },
    { open: '{', close: '}' },
    { open: '"', close: '"', notIn: ['string', 'comment'] },
  ],
  surroundingPairs: [
    { open: '(', close: ')' },
    { open: '[', close: ']' },
    { open: '{', close: '}' },
    { open: '"', close: '"' },
  ],
};
