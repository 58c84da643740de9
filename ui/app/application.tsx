// The application: what all pages stand in.
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { BrowserRouter, Navigate, Route, Routes } from 'react-router';
import { PREFIX } from '../server/address.ts';
import { Connection } from '../server/connection.ts';
import { styleNonce } from '../server/style-nonce.ts';
import { Frame } from './frame.tsx';
import { PAGES } from './navigation.ts';
import { theme } from './theme.ts';
import { UnknownPage } from './unknown-page.tsx';

const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error) => connection.report(error) }),
  // Errors are shown at once; what is gone for a moment is asked again by the connection.
  defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false, staleTime: 2_000, networkMode: 'always' } },
});
const connection = new Connection(() => void queryClient.invalidateQueries());
const colorSchemeManager = localStorageColorSchemeManager({ key: 'tributary-color-scheme' });
// What keeps the page below a dialog from scrolling (react-remove-scroll) looks for the nonce of its styles under this name.
Object.assign(window, { __webpack_nonce__: styleNonce() });

export function Application() {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemeManager}
      getStyleNonce={styleNonce}
      deduplicateInlineStyles
    >
      <QueryClientProvider client={queryClient}>
        {/* Without transitions: boxes and fields whose state is in the address answer at once. */}
        <BrowserRouter basename={PREFIX === '' ? '/' : PREFIX} useTransitions={false}>
          <Frame connection={connection}>
            <Routes>
              <Route path="/" element={<Navigate to="/query" replace />} />
              {PAGES.map(({ path, content: Content }) => (
                <Route key={path} path={path} element={<Content />} />
              ))}
              <Route path="*" element={<UnknownPage />} />
            </Routes>
          </Frame>
        </BrowserRouter>
      </QueryClientProvider>
    </MantineProvider>
  );
}
