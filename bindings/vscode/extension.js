// Starts `ottl lsp` for .ottl files and, if wanted, for YAML. What it knows of the language is all in the server.
'use strict';
const vscode = require('vscode');
const { LanguageClient, State } = require('vscode-languageclient/node');

let client;

function settings() {
  const ottl = vscode.workspace.getConfiguration('ottl');
  return Object.fromEntries(['samplePayload', 'sampleSignal', 'mayFail', 'experimental', 'compat'].map((key) => [key, ottl.get(key)]));
}

async function start() {
  const ottl = vscode.workspace.getConfiguration('ottl');
  const documentSelector = [{ language: 'ottl' }];
  if (ottl.get('yaml')) documentSelector.push({ language: 'yaml', scheme: 'file' }, { language: 'yaml', scheme: 'untitled' });
  client = new LanguageClient(
    'ottl',
    'OTTL',
    { command: ottl.get('path') || 'ottl', args: ['lsp', '--stdio'] },
    {
      documentSelector,
      initializationOptions: settings(),
      synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher('**/.ottl.toml') },
    },
  );
  try {
    await client.start();
  } catch (error) {
    const choice = await vscode.window.showErrorMessage(
      `The command ${ottl.get('path')} could not be started: ${error.message}`, 'Open Settings');
    if (choice) vscode.commands.executeCommand('workbench.action.openSettings', 'ottl.path');
  }
}

async function stop() {
  const old = client;
  client = undefined;
  if (old && old.state === State.Running) await old.stop();
}

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand('ottl.restart', async () => {
      await stop();
      await start();
    }),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration('ottl.path') || event.affectsConfiguration('ottl.yaml')) {
        await stop();
        await start();
      } else if (event.affectsConfiguration('ottl') && client) {
        await client.sendNotification('workspace/didChangeConfiguration', { settings: { ottl: settings() } });
      }
    }),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
