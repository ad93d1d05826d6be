export function contentOf(label: string, length: number): Buffer;
export function labelOf(bytes: Buffer): string;
