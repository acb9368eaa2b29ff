declare module 'gallery' {
  const examples: unknown[];
  export default examples;
}
declare module '*.css';
declare module 'monaco-editor/features/*';
declare module 'monaco-editor/editor/contrib/*';
