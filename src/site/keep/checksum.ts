const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let code = byte;
  for (let bit = 0; bit < 8; bit += 1) code = code & 1 ? (code >>> 1) ^ 0xedb88320 : code >>> 1;
  return code;
});

/** CRC-32 (that of zip and png) of a text's UTF-8 bytes, as eight hex digits. It finds accidents, not forgers. */
export function checksum(text: string): string {
  let code = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) code = (code >>> 8) ^ TABLE[(code ^ byte) & 255];
  return (~code >>> 0).toString(16).padStart(8, '0');
}
