import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Form } from '../components/form.tsx';
import styles from './incident-lookup.module.css';

/** From the number that a visitor reports to what happened, from anywhere. */
export function IncidentLookup() {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const submit = () => {
    const incidentId = text.trim().slice(0, 80);
    if (incidentId === '') return;
    setText('');
    void navigate({ to: '/perimeter/incidents/$incidentId', params: { incidentId } });
  };
  return (
    <search className={styles.lookup}>
      <Form onSubmit={submit}>
        <IconSearch size={15} stroke={1.7} aria-hidden />
        <input
          aria-label="Look up an incident"
          placeholder="Incident number"
          value={text}
          spellCheck={false}
          autoComplete="off"
          onChange={event => setText(event.currentTarget.value)}
        />
      </Form>
    </search>
  );
}
