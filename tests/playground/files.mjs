// Zstandard without a library: a frame whose blocks are not compressed is one as well.
const BLOCK = 128 << 10;

export function zstdFile(text) {
  const data = Buffer.from(text);
  const parts = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0])]; // one segment, its size in four bytes
  parts[0].writeUInt32LE(data.length, 5);
  for (let at = 0; at < data.length; at += BLOCK) {
    const block = data.subarray(at, at + BLOCK);
    const header = (block.length << 3) | (at + BLOCK >= data.length ? 1 : 0);
    parts.push(Buffer.from([header & 255, (header >> 8) & 255, header >> 16]), block);
  }
  return Buffer.concat(parts);
}
