/** How a person makes the system trust a certificate authority; installing it needs rights that we do not take. */
export function trustSteps(platform: NodeJS.Platform): readonly string[] {
  const save = 'aloft platform trust --quiet > aloft-ca.crt'
  if (platform === 'darwin') {
    return [save, 'sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain aloft-ca.crt']
  }
  if (platform === 'win32') return [save, 'certutil -addstore -user Root aloft-ca.crt']
  return [
    save,
    'Debian, Ubuntu: sudo cp aloft-ca.crt /usr/local/share/ca-certificates/ && sudo update-ca-certificates',
    'Fedora: sudo cp aloft-ca.crt /etc/pki/ca-trust/source/anchors/ && sudo update-ca-trust',
    'Firefox and Chromium keep their own list: import aloft-ca.crt in their settings',
  ]
}
