// A fault of a part of a page is told in its place; the rest of the page goes on.
import { Alert, Button, Code } from '@mantine/core';
import { Component, type ReactNode } from 'react';

interface Props {
  /** "The timeline". */
  readonly what: string;
  /** What the part is made of: when it is another, the part is tried again. */
  readonly of: unknown;
  readonly children: ReactNode;
}

interface State {
  readonly error: Error | null;
  readonly of: unknown;
}

export class FaultBoundary extends Component<Props, State> {
  override state: State = { error: null, of: this.props.of };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  static getDerivedStateFromProps({ of }: Props, state: State): State | null {
    return of === state.of ? null : { error: null, of };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <Alert color="red" title={`${this.props.what} has failed`} role="alert">
        <Code block>{error.message}</Code>
        <Button mt="sm" size="xs" onClick={() => this.setState({ error: null })}>
          Try again
        </Button>
      </Alert>
    );
  }
}
