export interface VariableGroup {
  readonly title: string
  readonly variables: readonly (readonly [name: string, meaning: string])[]
}

/** Every variable that aloft reads, and those that it gives to applications: what `aloft help environment-variables` shows. */
export const variableGroups: readonly VariableGroup[] = [
  {
    title: 'instead of flags',
    variables: [
      ['ALOFT_ACCOUNT', 'as --account'],
      ['ALOFT_ENVIRONMENT', 'as --environment'],
      ['ALOFT_PROJECT', 'as --project'],
      ['ALOFT_PROVIDER', 'as --provider'],
      ['ALOFT_SERVICE', 'as --service'],
    ],
  },
  {
    title: 'where things lie',
    variables: [
      ['ALOFT_HOME', 'one directory for everything of yours, instead of the XDG directories'],
      ['XDG_CACHE_HOME', 'what may be lost (default: ~/.cache)'],
      ['XDG_CONFIG_HOME', 'accounts and settings (default: ~/.config)'],
      ['XDG_DATA_HOME', 'what the platform of this machine keeps (default: ~/.local/share)'],
      ['XDG_RUNTIME_DIR', 'sockets'],
      ['ES_HOME', 'where Elasticsearch is installed, for services of that type'],
      ['OPENSEARCH_HOME', 'OpenSearch'],
      ['SOLR_HOME', 'Solr'],
      ['JAVA_HOME', 'the Java they run on (default: that of PATH)'],
      ['ALOFT_PROVIDER_PACKAGES', 'packages with further providers, with commas between them; see `aloft config`'],
      ['HOME', 'where those defaults begin'],
    ],
  },
  {
    title: 'credentials',
    variables: [
      ['ALOFT_TOKEN', 'a token to use instead of a stored account'],
      ['ALOFT_ADDRESS', 'the platform that ALOFT_TOKEN belongs to'],
      ['MAGENTO_CLOUD_CLI_TOKEN', "Adobe Commerce's own name for a token of its cloud"],
      ['PLATFORMSH_CLI_TOKEN', "Platform.sh's"],
      ['UPSUN_CLI_TOKEN', "Upsun's"],
      ['ALOFT_CREDENTIAL_STORE', 'keychain or file, instead of the best there is'],
      ['ALOFT_KEYCHAIN_TIMEOUT', 'seconds to wait for the keychain'],
    ],
  },
  {
    title: 'what is printed',
    variables: [
      ['CI', 'anything but 0 or false: nobody is there, as without a terminal'],
      ['GITHUB_ACTIONS', 'true: phases are groups, errors annotations of the run'],
      ['GITHUB_STEP_SUMMARY', 'the file for the summary of the job'],
      ['GITHUB_WORKSPACE', 'the directory that the files of annotations are named from'],
      ['ALOFT_ACCESSIBLE', 'no spinners, no boxes, questions as numbered lists; see `aloft config`'],
      ['FORCE_COLOR', '0 or false: no colours; else colours also where no terminal is: 1 for 16, 2 for 256, 3 for all'],
      ['NO_COLOR', 'not empty: no colours, unless FORCE_COLOR is set'],
      ['CLICOLOR_FORCE', 'neither empty nor 0: colours also where no terminal is, unless one of those before is set'],
      ['CLICOLOR', '0: no colours, unless one of those before is set'],
      ['FORCE_HYPERLINK', '0: no links on terminals, 1: links also on terminals that are not known to show them'],
      ['OCLIF_COLUMNS', 'the width of help, instead of that of the terminal'],
      ['TERM', 'dumb: nothing moves, no colours; else passed on to sessions'],
      ['ALOFT_DEBUG', 'as --debug'],
      ['DEBUG', 'not empty: errors with the place in the program where they come from'],
    ],
  },
  {
    title: 'network',
    variables: [
      ['HTTPS_PROXY, https_proxy', 'proxy for https addresses'],
      ['HTTP_PROXY, http_proxy', 'proxy for http addresses'],
      ['ALL_PROXY, all_proxy', 'proxy where neither of those is set'],
      ['NO_PROXY, no_proxy', 'hosts to reach directly, with commas between them'],
      ['ALOFT_PROXY_LOOPBACK', 'not empty: this machine too is reached through the proxy'],
      ['ALOFT_CA_FILE', 'more certificate authorities to trust: a PEM file'],
      ['SSL_CERT_FILE', 'the same, as other programs call it'],
      ['NODE_EXTRA_CA_CERTS', "the same, Node's own: it makes every start slower"],
    ],
  },
  {
    title: 'completion',
    variables: [
      ['SHELL', 'the shell that `aloft completion` is for when none is named'],
      ['BASH_COMPLETION_USER_DIR', 'where bash looks for completions'],
      ['ZDOTDIR', 'where zsh has its start files'],
    ],
  },
  {
    title: 'the platform of this machine',
    variables: [
      ['PATH', 'where it finds tools and runtimes'],
      ['WSL_DISTRO_NAME, WSL_INTEROP', 'this is Windows; --version says so'],
      ['LANG', 'passed on to its own processes, not to applications'],
      ['TZ', 'passed on to its own processes, not to applications'],
    ],
  },
  {
    title: 'what your applications find',
    variables: [
      ['PORT', 'where to listen'],
      ['ALOFT_PROJECT', 'the project'],
      ['ALOFT_ENVIRONMENT', 'the environment'],
      ['ALOFT_ENVIRONMENT_TYPE', 'development, staging, production or infra'],
      ['ALOFT_SERVICE', 'the service'],
      ['ALOFT_INSTANCE', 'the instance, e.g. web.1'],
      ['ALOFT_DEPLOYMENT', 'the deployment that is live'],
      ['ALOFT_APP_DIR', "the directory of the application's files"],
      ['ALOFT_URL', 'its address'],
      ['ALOFT_SESSION', 'in `shell` and `exec`: the session'],
    ],
  },
]
