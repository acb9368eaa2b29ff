// What is kept in this browser; nothing, where that is forbidden (frames, private windows).
const PREFIX = 'ottl-playground.';

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // full or forbidden: then it is not kept
  }
}
