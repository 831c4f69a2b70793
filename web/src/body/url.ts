/** Where the page finds the compiled room `body`; the build puts it beside the scripts. */
export { default as bodyWasmUrl } from './body.wasm?url';
