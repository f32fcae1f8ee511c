import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Why there are none, if so. */
export const withoutCertificates = probe()

/**
 * Makes a certificate of the loopback that nobody but itself vouches for, in a folder.
 *
 * @returns {{ key: string, cert: string }} the files
 */
export function makeCertificate(folder) {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name))
  const words =
    'req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 2 -subj /CN=localhost ' +
    '-addext subjectAltName=IP:127.0.0.1'
  openssl(...words.split(' '), '-keyout', key, '-out', cert)
  return { key, cert }
}

/** The texts of a certificate that was made in a folder. */
export function certificateIn(folder) {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) =>
    readFileSync(join(folder, name), 'utf8'),
  )
  return { key, cert }
}

function openssl(...args) {
  execFileSync('openssl', args, { stdio: 'pipe' })
}

function probe() {
  try {
    openssl('version')
    return undefined
  } catch {
    return 'openssl, which makes certificates, is not installed'
  }
}
