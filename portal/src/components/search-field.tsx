import { CloseButton, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';

const pauseMs = 350;

export interface SearchFieldProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly placeholder: string;
  readonly onChange: (value: string | undefined) => void;
}

/** A text condition that is asked when typing pauses, or at once with Enter. */
export function SearchField({ label, value, placeholder, onChange }: SearchFieldProps) {
  const [text, setText] = useState(value ?? '');
  const told = useRef(value ?? '');
  if (told.current !== (value ?? '')) {
    // The address bar changed from elsewhere (a pivot, the way back): show that.
    told.current = value ?? '';
    setText(told.current);
  }
  const tell = (next: string) => {
    told.current = next.trim();
    onChange(next.trim() === '' ? undefined : next.trim());
  };
  useEffect(() => {
    if (text.trim() === told.current) return undefined;
    const timer = setTimeout(() => tell(text), pauseMs);
    return () => clearTimeout(timer);
  });
  return (
    <TextInput
      size="xs"
      label={label}
      placeholder={placeholder}
      value={text}
      spellCheck={false}
      autoComplete="off"
      onChange={event => setText(event.currentTarget.value)}
      onKeyDown={event => {
        if (event.key === 'Enter') tell(text);
      }}
      rightSection={
        text === '' ? null : (
          <CloseButton
            size="xs"
            aria-label={`Clear ${label.toLowerCase()}`}
            onClick={() => {
              setText('');
              tell('');
            }}
          />
        )
      }
    />
  );
}
