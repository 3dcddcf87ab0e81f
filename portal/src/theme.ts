import type { CSSVariablesResolver, MantineColorsTuple } from '@mantine/core';
import { createTheme } from '@mantine/core';

/** Old copper: the one colour of action. White text on shade 7 has a contrast of 6.8 to 1. */
const verdigris: MantineColorsTuple = [
  '#edf6f3',
  '#d9ece6',
  '#b3d9cd',
  '#88c3b3',
  '#5ca996',
  '#3b9180',
  '#277b6c',
  '#1a665a',
  '#124f46',
  '#0c3a34',
]; // prettier-ignore

/** Stone, a little warm: light surfaces, lines and quiet text. */
const gray: MantineColorsTuple = [
  '#f6f7f5',
  '#eef0ed',
  '#e2e5e1',
  '#d1d6d1',
  '#b2b9b3',
  '#858e88',
  '#5f6963',
  '#47504b',
  '#2f3733',
  '#1a201d',
]; // prettier-ignore

/** Night iron: dark surfaces from text (0) to ground (9). */
const dark: MantineColorsTuple = [
  '#dde4e0',
  '#c2cbc6',
  '#9aa6a0',
  '#6f7c76',
  '#3a4541',
  '#2a3330',
  '#1d2522',
  '#141a18',
  '#0f1412',
  '#0a0e0d',
]; // prettier-ignore

const rust: MantineColorsTuple = [
  '#fcf0ec',
  '#f8ded6',
  '#f0b9aa',
  '#e7917b',
  '#de6d51',
  '#cd5236',
  '#b43f26',
  '#96321d',
  '#762818',
  '#561e13',
]; // prettier-ignore

const brass: MantineColorsTuple = [
  '#fbf5e6',
  '#f5e8c6',
  '#ebd193',
  '#e0b95d',
  '#d5a233',
  '#bf8a1c',
  '#9c6e10',
  '#7b560c',
  '#5d410b',
  '#433009',
]; // prettier-ignore

/** The look of the portal: stone and old copper, small radii, one type family and its monospaced sister. */
export const theme = createTheme({
  primaryColor: 'verdigris',
  primaryShade: { light: 7, dark: 6 },
  colors: { verdigris, gray, dark, rust, brass, red: rust, yellow: brass, teal: verdigris, green: verdigris },
  black: '#1a201d',
  autoContrast: true,
  luminanceThreshold: 0.28,
  fontFamily: "'IBM Plex Sans Variable', ui-sans-serif, system-ui, sans-serif",
  fontFamilyMonospace: "'IBM Plex Mono', ui-monospace, 'Liberation Mono', monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '5px', md: '8px', lg: '10px', xl: '14px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: { fontWeight: '600' },
  // The scroll lock of Mantine writes an inline style sheet; styles/base.css locks scrolling with `:has()` instead.
  components: {
    Modal: {
      defaultProps: { lockScroll: false, radius: 'md', centered: true, overlayProps: { backgroundOpacity: 0.5 } },
    },
    Drawer: { defaultProps: { lockScroll: false, overlayProps: { backgroundOpacity: 0.5 } } },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: true, events: { hover: true, focus: true, touch: true } } },
    Select: { defaultProps: { allowDeselect: false, checkIconPosition: 'right' } },
    InputWrapper: { defaultProps: { withAsterisk: false } },
    Badge: { defaultProps: { radius: 'xs', variant: 'light', tt: 'none', fw: 500 } },
    Button: { defaultProps: { fw: 500 } },
    Menu: { defaultProps: { position: 'bottom-end' } },
  },
});

/** Where this look differs from what Mantine derives from the theme. */
export const themeColors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-dimmed': gray[6],
    '--mantine-color-placeholder': '#737c76',
    '--mantine-color-default-border': gray[4],
    '--mantine-color-error': rust[6],
    '--mantine-color-anchor': verdigris[7],
  },
  dark: {
    '--mantine-color-body': dark[7],
    '--mantine-color-dimmed': dark[2],
    '--mantine-color-placeholder': '#84918b',
    '--mantine-color-default': dark[6],
    '--mantine-color-default-border': dark[4],
    '--mantine-color-error': rust[3],
    '--mantine-color-anchor': verdigris[3],
  },
});
