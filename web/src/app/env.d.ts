/// <reference types="vite/client" />
/// <reference types="svelte" />

declare const __PAGE_VERSION__: string;
