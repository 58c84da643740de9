// Colours and shapes. Contrast is checked by the tests (WCAG AA, light and dark).
import { Alert, createTheme, type MantineColorsTuple, type MantineThemeOverride } from '@mantine/core';

/** Water: readable as text on white from the sixth on. */
const river: MantineColorsTuple = [
  '#e5f8fb',
  '#d0edf3',
  '#a3dae6',
  '#70c5d8',
  '#46b2cb',
  '#1f9ebb',
  '#0a7f99',
  '#086a80',
  '#07596c',
  '#044452',
];

export const theme: MantineThemeOverride = createTheme({
  primaryColor: 'river',
  primaryShade: { light: 7, dark: 6 },
  colors: { river },
  autoContrast: true,
  defaultRadius: 'sm',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace',
  headings: { fontWeight: '600' },
  cursorType: 'pointer',
  // A title in the alert's own colour is too pale on its ground.
  components: { Alert: Alert.extend({ styles: { title: { color: 'var(--mantine-color-text)' } } }) },
});
