// What stands around every page: the head with the ways to all others, and what is to be said of the connection.
import { Anchor, AppShell, Burger, Group, Menu, NavLink, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import { type ReactNode, Suspense, useRef } from 'react';
import { Link, useLocation } from 'react-router';
import { Loading } from '../components/loading.tsx';
import type { Connection } from '../server/connection.ts';
import { ClockNote } from './clock-note.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import classes from './frame.module.css';
import { Logo } from './logo.tsx';
import { MAIN_PAGES, PAGES, type Page, STATUS_PAGES } from './navigation.ts';
import { Notifications } from './notifications.tsx';
import { SettingsMenu } from './settings-menu.tsx';
import { usePageTitle } from './use-page-title.ts';

const QUERY_PATH = '/query';

export function Frame({ connection, children }: { readonly connection: Connection; readonly children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname, search } = useLocation();
  // The way back to the query page is to what was there.
  const lastQuery = useRef('');
  if (pathname === QUERY_PATH) lastQuery.current = search;
  const toOf = (path: string): string => (path === QUERY_PATH ? path + lastQuery.current : path);
  usePageTitle(PAGES.find(({ path }) => path === pathname)?.title);
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 240, breakpoint: 'md', collapsed: { desktop: true, mobile: !opened } }} padding="md">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <AppShell.Header className={classes.head}>
        <Group h="100%" px="md" gap="lg" wrap="nowrap">
          <Burger opened={opened} onClick={toggle} hiddenFrom="md" size="sm" aria-label={opened ? 'Close the menu' : 'Open the menu'} />
          <Anchor component={Link} to="/query" underline="never" c="inherit" className={classes.brand}>
            <Logo />
            <Text component="span" fw={650} fz="lg">
              Tributary
            </Text>
          </Anchor>
          <Group component="nav" aria-label="Pages" gap={4} visibleFrom="md" wrap="nowrap">
            {MAIN_PAGES.map((page) => (
              <HeadLink key={page.path} page={page} to={toOf(page.path)} active={page.path === pathname} />
            ))}
            <StatusMenu pathname={pathname} />
          </Group>
          <Group ml="auto" gap="xs" wrap="nowrap">
            <SettingsMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="All pages" hidden={!opened}>
        {/* Closed, it is beside the window and not gone: nothing in it may be reached. */}
        {opened &&
          PAGES.map(({ path, title }) => (
            <NavLink key={path} component={Link} to={toOf(path)} label={title} active={path === pathname} onClick={close} />
          ))}
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className={classes.main}>
        <ConnectionBanner connection={connection} />
        <Notifications />
        <ClockNote />
        <ErrorBoundary key={pathname} connection={connection}>
          <Suspense fallback={<Loading what="the page" />}>{children}</Suspense>
        </ErrorBoundary>
      </AppShell.Main>
    </AppShell>
  );
}

function HeadLink({ page: { title }, to, active }: { readonly page: Page; readonly to: string; readonly active: boolean }) {
  return (
    <Link to={to} className={classes.link} data-active={active || undefined} aria-current={active ? 'page' : undefined}>
      {title}
    </Link>
  );
}

function StatusMenu({ pathname }: { readonly pathname: string }) {
  const current = STATUS_PAGES.find(({ path }) => path === pathname);
  return (
    <Menu position="bottom-start" shadow="md">
      <Menu.Target>
        <UnstyledButton className={classes.link} data-active={current !== undefined || undefined}>
          {current?.title ?? 'Status'} <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {STATUS_PAGES.map(({ path, title }) => (
          <Menu.Item key={path} component={Link} to={path} aria-current={path === pathname ? 'page' : undefined}>
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
