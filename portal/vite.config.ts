import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { contractTable } from './build/contract-table.ts';
import { themeVariables } from './build/theme-variables.ts';

/** Everything the build writes is a file of its own: the portal runs under `script-src 'self'; style-src 'self'`. */
export default defineConfig({
  base: '/.sallyport/portal/',
  plugins: [react(), contractTable(), themeVariables()],
  resolve: { tsconfigPaths: false },
  build: {
    outDir: 'dist',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: true,
    target: 'baseline-widely-available',
  },
});
