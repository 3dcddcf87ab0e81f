import { closed, may, publishable, type Route, routes, signedIn } from '../route.ts';

/** What outsiders may be meant to reach: only where the site publishes the exact path. Test webhooks are the editor's. */
export const triggerRoutes: readonly Route[] = [
  ...routes({ action: 'workflow.trigger', need: publishable('workflow.execute'), startsByGet: true }, [
    'ANY /webhook/*',
    'ANY /mcp/*',
  ]),
  // To open a form only shows it.
  ...routes({ action: 'workflow.trigger', need: publishable('workflow.execute') }, ['ANY /form/*']),
  ...routes({ action: 'workflow.resume', need: publishable('workflow.execute') }, [
    'ANY /webhook-waiting/*',
    'ANY /form-waiting/*',
    'ANY /webhook-waiting-slack',
    'ANY /webhook-waiting-telegram',
  ]),
  ...routes({ action: 'workflow.trigger_test', need: may('workflow.execute'), startsByGet: true }, [
    'ANY /webhook-test/*',
    'ANY /mcp-test/*',
  ]),
  ...routes({ action: 'workflow.trigger_test', need: may('workflow.execute') }, ['ANY /form-test/*']),
];

/** Health, metrics, files of the editor and its pages. The version stands in the pages and files, so they are for signed-in people. */
export const editorRoutes: readonly Route[] = [
  // The editor asks whether it is online before it saves, and says it is not when it gets no answer.
  ...routes({ action: 'health.read', need: publishable('workflow.read') }, ['GET /healthz', 'GET /healthz/readiness']),
  { on: 'ANY /metrics', action: 'metrics.read', need: closed('the platform shows its metrics to anybody') },
  ...routes({ action: 'editor.file', need: signedIn }, [
    'GET /assets/*',
    'GET /static/*',
    'GET /icons/*',
    'GET /schemas/*',
    'GET /favicon.ico',
    'GET /api/v1/docs/',
    'GET /api/v1/docs/*',
  ]),
  ...routes({ action: 'editor.page', need: signedIn }, [
    'GET /',
    'GET /home',
    'GET /home/*',
    'GET /workflow',
    'GET /workflow/*',
    'GET /workflows',
    'GET /workflows/*',
    'GET /projects',
    'GET /projects/*',
    'GET /shared',
    'GET /shared/*',
    'GET /settings',
    'GET /settings/*',
    'GET /templates',
    'GET /templates/*',
    'GET /collections/*',
    'GET /executions',
    'GET /credentials',
    'GET /credentials/*',
    'GET /variables',
    'GET /insights',
    'GET /insights/*',
    'GET /assistant',
    'GET /instance-ai',
    'GET /instance-ai/*',
    'GET /resource-center',
    'GET /resource-center/*',
    'GET /reviews',
    'GET /reviews/*',
  ]),
];
