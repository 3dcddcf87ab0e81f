import {
  convertCssVariables,
  DEFAULT_THEME,
  deepMerge,
  defaultCssVariablesResolver,
  mergeMantineTheme,
} from '@mantine/core';
import type { Plugin } from 'vite';
import { theme, themeColors } from '../src/theme.ts';

const publicId = 'virtual:theme-variables.css';
const resolvedId = '\0theme-variables.css';

/**
 * Prints the theme's CSS variables into the style sheet at build time. Mantine would write them into an inline `<style>` at run time, which
 * the content security policy refuses.
 */
export function themeVariables(): Plugin {
  return {
    name: 'sallyport-theme-variables',
    resolveId: id => (id === publicId ? resolvedId : undefined),
    load(id) {
      if (id !== resolvedId) return undefined;
      const merged = mergeMantineTheme(DEFAULT_THEME, theme);
      return convertCssVariables(deepMerge(defaultCssVariablesResolver(merged), themeColors(merged)), ':root');
    },
  };
}
