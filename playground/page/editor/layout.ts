// JSON with indents, token by token: numbers and texts stay as they are written, and what is no JSON is at least not lost.
const TOKENS = /"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+/g;
const UNIT = '  ';

export function layOut(text: string): string {
  const tokens = text.match(TOKENS) ?? [];
  const out: string[] = [];
  let depth = 0;
  const line = () => out.push('\n', UNIT.repeat(depth));
  tokens.forEach((token, i) => {
    const next = tokens[i + 1];
    if (token === '}' || token === ']') {
      depth = Math.max(0, depth - 1);
      if (!'{['.includes(tokens[i - 1] ?? ' ')) line();
    }
    out.push(token);
    if (token === '{' || token === '[') {
      depth++;
      if (next !== '}' && next !== ']') line();
    } else if (token === ',') line();
    else if (token === ':') out.push(' ');
    else if (depth === 0 && next !== undefined) out.push('\n'); // the next request
  });
  return `${out.join('')}\n`;
}
