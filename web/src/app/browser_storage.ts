// localStorage may be forbidden (private windows, policies): then nothing is kept, and nothing breaks.

export function browser_storage(): Storage | undefined {
  try {
    window.localStorage.getItem('loci.probe');
    return window.localStorage;
  } catch {
    return undefined;
  }
}

export function remembered(key: string): string | undefined {
  return browser_storage()?.getItem(key) ?? undefined;
}

export function remember(key: string, value: string | undefined): void {
  try {
    if (value === undefined) browser_storage()?.removeItem(key);
    else browser_storage()?.setItem(key, value);
  } catch {
    // A full storage only costs the memory of a preference.
  }
}
