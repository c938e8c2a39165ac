import { EventEmitter } from 'node:events';

import type { Fault } from './fault';
import { AVALA_RATE_LIMIT } from './api/rateLimit';
import type { Context } from './context';
import { Deliverer } from './deliverer';
import { FaultList } from './matching';
import { ExportLife } from './resources/exportLife';
import { EventEffects } from './resources/eventEffects';
import type { StoredExport } from './resources/resourceRecords';
import { addSampleData } from './resources/sampleData';
import type { SandboxOptions } from './settings';
import { apiSettings, keysOf } from './settings';
import { fileName } from './storage/files';
import { Storage } from './storage/storage';
import { Store } from './store';
import { LINK_BY_FORMAT, shownExport } from './wire/resources';

/** @throws when the state file holds anything but a saved state */
export function createContext(options: SandboxOptions): Context {
	const settings = apiSettings(options);
	const keys = keysOf(options);
	const store = new Store(options.stateFile);
	if (!store.isRestored && options.sampleData !== false) addSampleData(store, settings.wireFormat);
	const clockSpeed = options.clockSpeed ?? 1;
	const changes = new EventEmitter().setMaxListeners(0);
	const changed = () => void changes.emit('change');

	const deliverer = new Deliverer(store, {
		clockSpeed,
		timeoutMs: options.deliveryTimeoutMs ?? 10_000,
		ca: options.ca,
		testEventType: options.testEventType ?? 'webhook.test',
	});
	deliverer.on('attempt', changed);
	const storage = new Storage(
		(uid) => store.exports.get(uid)?.plan.file,
		(text) => [...keys.keys()].some((key) => text.includes(key)),
	);
	const downloadUrl = (entry: StoredExport): string | null => {
		if (entry.downloadUrl !== undefined) return entry.downloadUrl;
		if (entry.state !== 'ready') return null;
		const { uid, plan } = entry;
		switch (plan.link ?? LINK_BY_FORMAT[settings.wireFormat]) {
			case 'storage':
				return storage.linkTo(entry);
			case 'api':
				return `${context.origin}/api/v1/exports/${uid}/download`;
			case 'relative':
				// By its uid, whatever the file is called.
				return `/files/${fileName(uid, { size: plan.file.size })}`;
		}
	};
	const showExport = (entry: StoredExport) =>
		shownExport(entry, downloadUrl(entry), settings.wireFormat);
	const announce = (type: string, entry: StoredExport) => {
		deliverer.emitEvent(type, showExport(entry), settings.wireFormat, entry.account);
		changed();
	};
	const exportLife = new ExportLife(store, clockSpeed, options.exports ?? {}, {
		onChange: changed,
		onEnd: (entry) =>
			announce(entry.state === 'ready' ? 'export.completed' : 'export.failed', entry),
	});
	const effects = new EventEffects(store, exportLife, showExport);

	const context: Context = {
		origin: '',
		settings,
		keys,
		store,
		deliverer,
		exportLife,
		storage,
		faults: new FaultList<Fault>(),
		rateLimit: options.rateLimit ?? AVALA_RATE_LIMIT,
		requests: [],
		changes,
		showExport,
		announce,
		emit: (type, given, account) => {
			const data = effects.apply(type, given, settings.wireFormat, account);
			const { event, deliveries } = deliverer.emitEvent(type, data, settings.wireFormat, account);
			changed();
			return { ...event, deliveries };
		},
	};
	return context;
}
