import type { ButtonProps } from '@mantine/core';
import { Button } from '@mantine/core';
import type { LinkComponent } from '@tanstack/react-router';
import { createLink } from '@tanstack/react-router';
import type { ComponentPropsWithRef } from 'react';

type AnchorButtonProps = ButtonProps & Omit<ComponentPropsWithRef<'a'>, keyof ButtonProps>;

function AnchorButton(props: AnchorButtonProps) {
  return <Button component="a" {...props} />;
}

/** A link that looks like a button: it can be opened in a new tab and its target is checked by type. */
export const ButtonLink: LinkComponent<typeof AnchorButton> = createLink(AnchorButton);
