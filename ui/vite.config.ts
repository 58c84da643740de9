// Builds the web application into build/ui: hashed files that the server serves as they are. All addresses in it are relative, so that
// it works below any path.
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  resolve: { alias: { 'node:crypto': join(import.meta.dirname, 'without-crypto.ts') } },
  // The server puts a fresh one in its place with each page.
  html: { cspNonce: 'CSP_NONCE_PLACEHOLDER' },
  build: {
    outDir: '../build/ui',
    emptyOutDir: true,
    // What is inlined would need an exception in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The first that have light-dark() and all else that is used, from 2024.
    target: ['chrome123', 'edge123', 'firefox121', 'safari17.5'],
    chunkSizeWarningLimit: 800,
  },
});
