import { Anchor, Text, Title } from '@mantine/core';
import { Link } from 'react-router';

export function UnknownPage() {
  return (
    <>
      <Title order={1} size="h3">
        There is no such page
      </Title>
      <Text mt="sm">
        Begin at{' '}
        <Anchor component={Link} to="/query">
          Query
        </Anchor>
        .
      </Text>
    </>
  );
}
