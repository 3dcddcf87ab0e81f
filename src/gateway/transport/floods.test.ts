import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { describe, test } from 'node:test';
import { createAuthority, issueCertificate } from '../tls/authority.ts';
import { frame, framePeer, frameTypes, headers, statusOf } from './http2.fixture.ts';
import { createRateWatch, createWindowCount } from './stall.ts';
import { eventually, rawPeer, startTransport } from './transport.fixture.ts';
