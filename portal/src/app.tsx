import { MantineProvider, Modal } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { isApiProblem } from '../../src/admin/client.ts';
import { StepUpDialog } from './api/step-up-dialog.tsx';
import { router } from './router.tsx';
import { theme } from './theme.ts';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (failures, error) => failures < 2 && isApiProblem(error) && error.status >= 502,
    },
  },
});

/** The whole portal. Mantine may write no style sheet at run time: variables and classes come from files. */
export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" limit={3} />
        {/* One dialog is seen at a time: the proof hides the form that asked for it, and Escape closes only what is seen. */}
        <Modal.Stack>
          <RouterProvider router={router} />
          <StepUpDialog />
        </Modal.Stack>
      </QueryClientProvider>
    </MantineProvider>
  );
}
