/** How many of the bytes (one character each) do not belong to a UTF-8 sequence that is still going on at the end. */
export function wholeUtf8(bytes: string): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const code = bytes.charCodeAt(bytes.length - back);
    if (code < 0x80) return bytes.length;
    if (code < 0xc0) continue;
    const wanted = code >= 0xf0 ? 4 : code >= 0xe0 ? 3 : 2;
    return wanted > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
