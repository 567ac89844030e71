// The small question of the form: the device finds a number instead of its owner.

export async function solved(proof: string, bits: number, going: () => boolean = () => true): Promise<string> {
  const encoder = new TextEncoder();
  for (let n = 0; going(); n++) {
    const digest = new DataView(await crypto.subtle.digest("SHA-256", encoder.encode(`${proof}:${n}`)));
    if (Math.clz32(digest.getUint32(0)) >= bits) return `pow:${n}`;
  }
  return "";
}
