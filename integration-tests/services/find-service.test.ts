/** Where a service comes from, and that the reason given is the true one. */
import { describe, expect, it } from 'vitest';
import { findService } from './find-service.ts';
import type { ServiceSource } from './service-kind.ts';

const running = (url: string) => ({ url, stop: async () => {} });
const nothing = async () => {};
const noEngine = async () => {
  throw new Error('no Docker engine answers');
};

const everywhere: ServiceSource = {
  title: 'Redis',
  urlVariable: 'TEST_REDIS_URL',
  imageVariable: 'TEST_REDIS_IMAGE',
  image: 'redis:8',
  startContainer: async (image) => running(`container of ${image}`),
  startLocally: async () => running('process'),
};
const notInstalled: ServiceSource = {
  ...everywhere,
  async startLocally() {
    throw new Error('redis-server is not on the PATH');
  },
};

describe('a service comes', () => {
  it('from the environment first', async () => {
    const env = { TEST_REDIS_URL: 'redis://mine' };
    const { service, reason } = await findService(everywhere, { env, needImage: nothing });
    expect(service?.url).toBe('redis://mine');
    expect(reason).toBe('Redis: the one that TEST_REDIS_URL names, since it is set');
  });

  it('from a container, when there is nothing in the environment', async () => {
    const env = { TEST_REDIS_URL: '' };
    const { service, reason } = await findService(everywhere, { env, needImage: nothing });
    expect(service?.url).toBe('container of redis:8');
    expect(reason).toBe(
      'Redis: container of redis:8, since TEST_REDIS_URL is not set and a Docker engine answers',
    );
  });

  it('from the image that the environment names', async () => {
    const env = { TEST_REDIS_IMAGE: 'redis:mine' };
    const { service } = await findService(everywhere, { env, needImage: nothing });
    expect(service?.url).toBe('container of redis:mine');
  });

  it('from a local process, when no engine answers', async () => {
    const { service, reason } = await findService(everywhere, { env: {}, needImage: noEngine });
    expect(service?.url).toBe('process');
    expect(reason).toBe(
      'Redis: local process, since TEST_REDIS_URL is not set and no Docker engine answers',
    );
  });

  it('from a local process, when the container does not start', async () => {
    const broken: ServiceSource = {
      ...everywhere,
      async startContainer() {
        throw new Error('the container ended at once');
      },
    };
    const { service, reason } = await findService(broken, { env: {}, needImage: nothing });
    expect(service?.url).toBe('process');
    expect(reason).toContain('since TEST_REDIS_URL is not set and the container ended at once');
  });

  it('from nowhere, and all the reasons are given', async () => {
    expect(await findService(notInstalled, { env: {}, needImage: noEngine })).toEqual({
      service: undefined,
      reason:
        'Redis: none, since TEST_REDIS_URL is not set, no Docker engine answers and redis-server is not on the PATH',
    });
  });

  it('from containers alone, when TEST_CONTAINERS is set', async () => {
    const env = { TEST_CONTAINERS: '1', TEST_REDIS_URL: 'redis://mine' };
    const container = await findService(everywhere, { env, needImage: nothing });
    expect(container.service?.url).toBe('container of redis:8');
    expect(container.reason).toBe('Redis: container of redis:8, since TEST_CONTAINERS is set');
    expect(await findService(everywhere, { env, needImage: noEngine })).toEqual({
      service: undefined,
      reason: 'Redis: none, since TEST_CONTAINERS is set and no Docker engine answers',
    });
  });
});
