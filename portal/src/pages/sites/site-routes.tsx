import { ActionIcon, Button, MultiSelect, TagsInput, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { fieldError } from '../../api/field-errors.ts';
import type { PublicRoute } from './site-facts.ts';
import { methods, originOf } from './site-facts.ts';
import type { FieldsProps } from './site-form.tsx';
import styles from './site-page.module.css';

/** The exact routes that answer without sign-in. */
export function RouteFields({ draft, onChange, error }: FieldsProps) {
  const routes = draft.publicRoutes;
  const put = (index: number, change: Partial<PublicRoute>) =>
    onChange({ publicRoutes: routes.map((route, at) => (at === index ? { ...route, ...change } : route)) });
  return (
    <div className={styles.routes}>
      {routes.length === 0 && <p className="quiet">None: everything on this site needs sign-in.</p>}
      {routes.map((route, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a route has no identity but its place while it is edited
        <div key={index} className={styles.route}>
          <TextInput
            aria-label={`Path of route ${index + 1}`}
            placeholder="/webhook/orders"
            spellCheck={false}
            required
            value={route.path}
            error={fieldError(error, `publicRoutes.${index}.path`)}
            onChange={event => put(index, { path: event.currentTarget.value })}
          />
          <MultiSelect
            aria-label={`Methods of route ${index + 1}`}
            data={[...methods]}
            value={route.methods}
            error={fieldError(error, `publicRoutes.${index}.methods`)}
            onChange={value => put(index, { methods: methods.filter(method => value.includes(method)) })}
          />
          <ActionIcon
            size={36}
            variant="subtle"
            color="gray"
            aria-label={`Close route ${route.path || index + 1}`}
            onClick={() => onChange({ publicRoutes: routes.filter((_, at) => at !== index) })}
          >
            <IconTrash size={17} stroke={1.6} />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange({ publicRoutes: [...routes, { path: '', methods: ['POST'] }] })}
        >
          Publish a route
        </Button>
      </div>
    </div>
  );
}

/** The web origins whose pages may call the site. */
export function OriginFields({ draft, onChange, error }: FieldsProps) {
  return (
    <TagsInput
      aria-label="Allowed origins"
      placeholder={draft.corsOrigins.length === 0 ? 'https://app.example.org' : ''}
      value={[...draft.corsOrigins]}
      error={fieldError(error, 'corsOrigins')}
      onChange={origins => onChange({ corsOrigins: origins.map(originOf) })}
    />
  );
}
