/** What the embedded page tells the page around it: how tall it is, in CSS px. */
export interface HeightMessage {
  tidemark: 'height';
  height: number;
}

/** Limits that keep a wrong or hostile height from taking over the page around. */
export const MIN_HEIGHT = 80;
export const MAX_HEIGHT = 6000;

/** The height in whole px within the limits, or null where the message is not ours. */
export function heightOf(data: unknown): number | null {
  if (typeof data !== 'object' || data === null) return null;
  const { tidemark, height } = data as Partial<HeightMessage>;
  if (tidemark !== 'height' || typeof height !== 'number' || !Number.isFinite(height)) return null;
  return Math.min(MAX_HEIGHT, Math.max(MIN_HEIGHT, Math.ceil(height)));
}
