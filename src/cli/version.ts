/** Version of chartctl itself, as package.json has it. */
export const programVersion = '0.1.0'
